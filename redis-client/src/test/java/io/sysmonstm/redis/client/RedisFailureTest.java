package io.sysmonstm.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MOVED 5474 10.0.0.7:6379 | Redis is a cluster",
        "CROSSSLOT Keys in request don't hash to the same slot | Redis is a cluster",
        "WRONGPASS invalid username-password pair | refuses the user or password of redis.url",
        "NOPERM this user has no permissions | the ACL of the user lacks it",
        "OOM command not allowed | its memory limit is reached",
        "ERR syntax error | Redis refused a command (ERR)"
      })
  void aRefusalIsSaidInPlainWordsWithoutAddresses(String reply, String expected) {
    assertThat(RedisFailure.problem(new RedisCommandExecutionException(reply)))
        .contains(expected)
        .doesNotContain("10.0.0.7");
  }

  @Test
  void aServerThatIsNotThereIsToldWithoutItsAddress() {
    assertThat(RedisFailure.problem(new RedisConnectionException("Unable to connect to 10.0.0.7")))
        .isEqualTo("Redis cannot be reached");
  }
}
