/**
 * The Lua that runs inside Redis, each script at once and alone. The keys of one call are of one
 * SKU where Redis is a cluster.
 */
export const viewScripts = {
  /**
   * KEYS: level hashes. ARGV: the log's id, then for each key sequence, onHand, reserved, time. A
   * level is set if the hash holds none of this log, or an older one; so repeats, late ones and
   * those in the wrong order change nothing. Answers how many were set.
   */
  setLevels: {
    lua: `
      local set = 0
      for i, key in ipairs(KEYS) do
        local at = 4 * i - 2
        local held = redis.call('HMGET', key, 'log', 'sequence')
        if held[1] ~= ARGV[1] or tonumber(held[2] or -1) < tonumber(ARGV[at]) then
          redis.call('HSET', key, 'log', ARGV[1], 'sequence', ARGV[at], 'onHand', ARGV[at + 1],
            'reserved', ARGV[at + 2], 'time', ARGV[at + 3])
          set = set + 1
        end
      end
      return set`,
  },
  /**
   * KEYS: outcomes. ARGV: time to live in ms, then the bytes for all keys, each after its length
   * (four bytes, the highest first): an argument for each would cost the client twice the time.
   */
  setOutcomes: {
    lua: `
      local value, at = nil, 1
      for _, key in ipairs(KEYS) do
        value, at = struct.unpack('>I4c0', ARGV[2], at)
        redis.call('SET', key, value, 'PX', ARGV[1])
      end`,
  },
  /**
   * KEYS: the notes. ARGV: lane, the note that must be there ('' for none), the one to put there,
   * and 1 if it affirms that the lane is followed. Answers 1, or 0 if another one was there: then
   * nothing is changed.
   */
  replaceNote: {
    numberOfKeys: 1,
    lua: `
      if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
      redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
      if ARGV[4] == '1' then
        local time = redis.call('TIME')
        local ms = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
        redis.call('HSET', KEYS[1], ARGV[1] .. ':seen', ms)
      end
      return 1`,
  },
  /**
   * KEYS: a level hash. ARGV: the log's id and the sequence found there, which must still be there,
   * then sequence, onHand, reserved, time to put in its place; without them it is deleted. Answers
   * 1, or 0 if something else was there.
   */
  mendLevel: {
    numberOfKeys: 1,
    lua: `
      local held = redis.call('HMGET', KEYS[1], 'log', 'sequence')
      if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return 0 end
      redis.call('DEL', KEYS[1])
      if ARGV[3] then
        redis.call('HSET', KEYS[1], 'log', ARGV[1], 'sequence', ARGV[3], 'onHand', ARGV[4],
          'reserved', ARGV[5], 'time', ARGV[6])
      end
      return 1`,
  },
  /** KEYS: level hashes. ARGV: a log's id; those that follow from it are deleted. */
  dropLevels: {
    lua: `
      for _, key in ipairs(KEYS) do
        if redis.call('HGET', key, 'log') == ARGV[1] then redis.call('UNLINK', key) end
      end`,
  },
};
