import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.seata.server.ServerApplication;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.springframework.boot.SpringApplication;
import sun.misc.Unsafe;

/**
 * Seata's server as it is, but for the address: it knows no setting that would keep its port from
 * being open to the whole network.
 */
public final class SeataServer {
  private SeataServer() {}

  public static void main(String[] arguments) {
    SpringApplication server = new SpringApplication(ServerApplication.class);
    // Not earlier: the class to change reads its settings, which Spring brings.
    server.addInitializers(context -> listenOnLoopbackOnly());
    server.run(arguments);
  }

  /** The class of the listening channel is in a constant that nothing else can change. */
  private static void listenOnLoopbackOnly() {
    try {
      Field access = Unsafe.class.getDeclaredField("theUnsafe");
      access.setAccessible(true);
      Unsafe unsafe = (Unsafe) access.get(null);
      Field constant =
          Class.forName("io.seata.core.rpc.netty.NettyBaseConfig")
              .getDeclaredField("SERVER_CHANNEL_CLAZZ");
      unsafe.putObjectVolatile(
          unsafe.staticFieldBase(constant),
          unsafe.staticFieldOffset(constant),
          LoopbackChannel.class);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Listens on 127.0.0.1, whatever it is told. */
  public static final class LoopbackChannel extends NioServerSocketChannel {
    @Override
    protected void doBind(SocketAddress address) throws Exception {
      int port = ((InetSocketAddress) address).getPort();
      super.doBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
  }
}
