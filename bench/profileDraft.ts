import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { readStackState } from '../stack/stackState.ts';
import { benchInstallation } from './benchInstallation.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { preload } from './preload.ts';
import { cpuSecondsOf, peakMemoryMiBOf } from './processCost.ts';
import { WorkerProcess } from './workerProcess.ts';
import { makeWorkload } from './workload.ts';
import { writeFileSync } from 'node:fs';
const [, , name = 'spread', n = '60000'] = process.argv;
const st = readStackState()!;
const root = await createConnection({ host: '127.0.0.1', port: st.ports.mysql, user: 'root', password: st.passwords.mysqlRoot });
const w = makeWorkload(name as 'spread', Number(n));
const inst = await benchInstallation();
const out = (s: unknown) => process.stdout.write((typeof s === 'string' ? s : JSON.stringify(s)) + '\n');
try {
  let t = performance.now();
  await preload(inst, w, () => undefined);
  out(`preload ${((performance.now() - t) / 1000).toFixed(1)} s`);
  const reader = await OutcomeReader.open(inst);
  const status = async () => {
    const [r] = await root.query('SHOW GLOBAL STATUS');
    return new Map((r as { Variable_name: string; Value: string }[]).map((x) => [x.Variable_name, Number(x.Value)]));
  };
  const digests = async () => {
    const [r] = await root.query(`SELECT DIGEST d, LEFT(DIGEST_TEXT,90) t, COUNT_STAR c, SUM_TIMER_WAIT/1e9 ms, SUM_LOCK_TIME/1e9 lockms, SUM_ROWS_AFFECTED ra, SUM_ROWS_EXAMINED rx, SUM_CPU_TIME/1e9 cpu FROM performance_schema.events_statements_summary_by_digest WHERE SCHEMA_NAME=?`, [inst.settings.ONHAND_MYSQL_DATABASE]);
    return r as any[];
  };
  const files = async () => {
    const [r] = await root.query(`SELECT EVENT_NAME e, COUNT_WRITE w, SUM_TIMER_WRITE/1e9 wms, COUNT_MISC m, SUM_TIMER_MISC/1e9 mms, SUM_NUMBER_OF_BYTES_WRITE b FROM performance_schema.file_summary_by_event_name`);
    return new Map((r as any[]).map((x) => [x.e, x]));
  };
  const pids = { mysql: st.servers.mysql!.pid, kafka: st.servers.kafka!.pid };
  const s0 = await status(), f0 = await files();
  const c0 = { mysql: cpuSecondsOf(pids.mysql)!, kafka: cpuSecondsOf(pids.kafka)!, bench: process.cpuUsage().user + process.cpuUsage().system };
  const worker = new WorkerProcess(inst);
  await worker.claimed(1);
  t = performance.now();
  const wc0 = cpuSecondsOf(worker.pid)!;
  const total = Number(n) + w.skus.length;
  let last = -1;
  for (let since = Date.now(); reader.events < total; await sleep(20)) {
    worker.requireAlive();
    if (reader.events !== last) { last = reader.events; since = Date.now(); }
    if (Date.now() - since > 30000) throw new Error('stalled at ' + last);
  }
  const secs = (reader.lastAt - t) / 1000;
  const per = (x: number) => +(x / total * 1000).toFixed(3);
  out({ name, total, secs, rate: Math.round(total / secs), granted: reader.granted, want: w.grantable, refused: reader.refused, breaks: reader.breaks });
  out({ cpuMsPer1000: { workerAfterClaim: per((cpuSecondsOf(worker.pid)! - wc0)*1000), mysql: per((cpuSecondsOf(pids.mysql)! - c0.mysql)*1000), kafka: per((cpuSecondsOf(pids.kafka)! - c0.kafka)*1000), bench: per((process.cpuUsage().user + process.cpuUsage().system - c0.bench) / 1000) }, rssMiB: peakMemoryMiBOf(worker.pid) });
  const s1 = await status(), f1 = await files();
  for (const [k, v] of s1) {
    const d = v - (s0.get(k) ?? 0);
    if (d > 0 && /^(Com_|Questions|Innodb_(data_fsyncs|os_log_fsyncs|data_writ|os_log_writ|rows|buffer_pool_(pages_flushed|wait|reads)|row_lock|log_waits|dblwr)|Bytes_|Binlog_|Handler_(commit|write|read_key|update)|Created_tmp)/.test(k)) out(`  ${k} ${d} (${per(d)}/1000)`);
  }
  for (const [k, v] of f1) { const o = f0.get(k)!; const m = v.m - o.m, mm = v.mms - o.mms; if (m + v.w - o.w > 20) out(`  file ${k} writes ${v.w - o.w} ${(v.wms - o.wms).toFixed(0)}ms ${((v.b-o.b)/1e6).toFixed(1)}MB misc ${m} ${mm.toFixed(0)}ms`); }
  for (const d of (await digests()).sort((a, b) => b.ms - a.ms).slice(0, 16)) out(`  ${(+d.ms).toFixed(0).padStart(7)} ms ${String(d.c).padStart(6)}x  ${(d.ms / total * 1000).toFixed(2)} ms/1000cmd  avg ${(d.ms / d.c).toFixed(2)} ms cpu ${(+d.cpu).toFixed(0)} rows ${d.ra}/${d.rx} ${d.t}`);
  const [pr] = await inst.pool.query('SELECT COUNT(*) lanes, SUM(next_offset) o, SUM(outbox_sequence) s FROM progress');
  out(pr);
  await worker.stop();
  await reader.close();
} finally {
  await inst.close(); await root.end();
}
