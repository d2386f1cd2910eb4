package io.sysmonstm.events.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Who of a group reads which partition. The members are a sorted set by the time until which each
 * is taken for alive, the partitions a hash of their members; one script, by the server's clock,
 * renews, takes over from the dead and gives up what is more than a fair share. Thread-safe.
 */
final class GroupLeases {
  /** How long a member that does not renew keeps its partitions. */
  static final Duration LEASE = Duration.ofSeconds(6);

  /** How often a member renews. */
  static final Duration RENEWAL = LEASE.dividedBy(6);

  private static final String SHARE =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local me, lease, partitions = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
      redis.call('ZADD', KEYS[1], now + lease, me)
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
      local fair = math.ceil(partitions / redis.call('ZCARD', KEYS[1]))
      local mine, free = {}, {}
      for p = 0, partitions - 1 do
        local owner = redis.call('HGET', KEYS[2], p)
        if owner == me then
          if #mine < fair then mine[#mine + 1] = p else redis.call('HDEL', KEYS[2], p) end
        elseif not owner or not redis.call('ZSCORE', KEYS[1], owner) then
          free[#free + 1] = p
        end
      end
      for _, p in ipairs(free) do
        if #mine < fair then
          redis.call('HSET', KEYS[2], p, me)
          mine[#mine + 1] = p
        end
      end
      redis.call('PEXPIRE', KEYS[1], 10 * lease)
      redis.call('PEXPIRE', KEYS[2], 10 * lease)
      return mine
      """;
  private static final String LEAVE =
      """
      redis.call('ZREM', KEYS[1], ARGV[1])
      for p = 0, tonumber(ARGV[3]) - 1 do
        if redis.call('HGET', KEYS[2], p) == ARGV[1] then redis.call('HDEL', KEYS[2], p) end
      end
      return {}
      """;

  private final String[] keys;
  private final byte[][] arguments;

  GroupLeases(String group, String member, int partitions) {
    // The braces keep both keys in one slot of a cluster.
    keys =
        new String[] {
          "sysmonstm:group:{%s}:members".formatted(group),
          "sysmonstm:group:{%s}:partitions".formatted(group)
        };
    arguments =
        new byte[][] {
          bytes(member), bytes(Long.toString(LEASE.toMillis())), bytes(Integer.toString(partitions))
        };
  }

  /** {@return to come: the partitions that this member has until its lease is over} */
  RedisFuture<List<Long>> share(RedisAsyncCommands<String, byte[]> redis) {
    return redis.eval(SHARE, ScriptOutputType.MULTI, keys, arguments);
  }

  /** {@return to come: that this member is none any more} */
  RedisFuture<List<Long>> leave(RedisAsyncCommands<String, byte[]> redis) {
    return redis.eval(LEAVE, ScriptOutputType.MULTI, keys, arguments);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
