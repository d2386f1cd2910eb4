package io.sysmonstm.redis.client;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Makes connections to one server, with text keys and byte values. They do not reconnect: whoever
 * holds one gives it up when it fails. What is sent over a broken connection is refused, and a
 * connection holds at most 1,000 commands without an answer. Thread-safe.
 */
public final class RedisConnector implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_UNANSWERED = 1_000;

  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;

  /**
   * Prepares connections; opens none.
   *
   * @param url the server
   * @param tls the files for {@code rediss://}
   * @throws ConfigException where a file cannot be read
   */
  public RedisConnector(RedisURI url, TlsFiles tls) {
    tls.check();
    uri = RedisURI.builder(url).build();
    uri.setTimeout(CONNECT_TIMEOUT);
    resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .build();
    client = RedisClient.create(resources);
    client.setOptions(options(tls));
  }

  /**
   * {@return a connector for what settings say}
   *
   * @param settings the values of {@link RedisSettings}
   * @throws ConfigException where they do not fit together
   */
  public static RedisConnector of(Settings settings) {
    return new RedisConnector(settings.get(RedisSettings.URL), TlsFiles.of(settings));
  }

  /**
   * {@return a new connection that answered} Blocks for a few seconds at the most.
   *
   * @throws io.lettuce.core.RedisException where there is none to be had
   */
  public StatefulRedisConnection<String, byte[]> connect() {
    return client.connect(Pipeline.CODEC, uri);
  }

  /**
   * {@return a new connection for Pub/Sub that answered} Blocks for a few seconds at the most.
   *
   * @throws io.lettuce.core.RedisException where there is none to be had
   */
  public StatefulRedisPubSubConnection<String, byte[]> connectPubSub() {
    return client.connectPubSub(Pipeline.CODEC, uri);
  }

  /** Ends all connections. */
  @Override
  public void close() {
    client.shutdown(0, 1, TimeUnit.SECONDS);
    resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  private static ClientOptions options(TlsFiles tls) {
    return ClientOptions.builder()
        .autoReconnect(false)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(MAX_UNANSWERED)
        // What every server from Redis 6.2 on speaks, with no more commands than AUTH and SELECT.
        .protocolVersion(ProtocolVersion.RESP2)
        .socketOptions(
            SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build())
        .sslOptions(tls.options())
        .build();
  }
}
