package io.sysmonstm.redis.client;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Commands that go to the server in one write, which costs a fraction of a write for each. Confined
 * to one thread.
 */
public final class Pipeline {
  /** Text keys and byte values. */
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final List<AsyncCommand<String, byte[], ?>> commands = new ArrayList<>();

  /** Creates an empty one. */
  public Pipeline() {}

  /**
   * Adds a message to a channel.
   *
   * @param channel its name
   * @param message not changed before the answer has come
   * @return this
   */
  public Pipeline publish(String channel, byte[] message) {
    return add(CommandType.PUBLISH, args().addKey(channel).add(message), integer());
  }

  /**
   * Sets fields of a hash.
   *
   * @param key of the hash
   * @param fields one or more
   * @return this
   */
  public Pipeline hset(String key, Map<String, byte[]> fields) {
    var args = args().addKey(key);
    fields.forEach((field, value) -> args.addKey(field).add(value));
    return add(CommandType.HSET, args, integer());
  }

  /**
   * Adds members to a set.
   *
   * @param key of the set
   * @param members one or more
   * @return this
   */
  public Pipeline sadd(String key, List<byte[]> members) {
    var args = args().addKey(key);
    members.forEach(args::add);
    return add(CommandType.SADD, args, integer());
  }

  /**
   * Adds an entry of one field to a stream, with an id of the server's.
   *
   * @param key of the stream
   * @param maxLength about how many entries the stream keeps
   * @param field the field's name
   * @param value its value
   * @return this
   */
  public Pipeline xadd(String key, long maxLength, String field, byte[] value) {
    var args =
        args().addKey(key).add("MAXLEN").add("~").add(maxLength).add("*").addKey(field).add(value);
    return add(CommandType.XADD, args, new StatusOutput<>(CODEC));
  }

  /**
   * Sends the commands and waits until all are answered.
   *
   * @param connection where to
   * @param replies how long an answer may take
   * @throws io.lettuce.core.RedisException where one of the answers is an error, or does not come
   *     in time
   * @throws InterruptedException where the thread is interrupted
   */
  public void send(StatefulRedisConnection<String, byte[]> connection, Replies replies)
      throws InterruptedException {
    if (commands.isEmpty()) {
      return;
    }
    connection.dispatch(commands);
    // Answers come in order: who waits for the last sleeps once.
    for (var command : commands.reversed()) {
      replies.await(command);
    }
  }

  private Pipeline add(
      CommandType type, CommandArgs<String, byte[]> args, CommandOutput<String, byte[], ?> output) {
    commands.add(new AsyncCommand<>(new Command<>(type, output, args)));
    return this;
  }

  private static CommandArgs<String, byte[]> args() {
    return new CommandArgs<>(CODEC);
  }

  private static CommandOutput<String, byte[], Long> integer() {
    return new IntegerOutput<>(CODEC);
  }
}
