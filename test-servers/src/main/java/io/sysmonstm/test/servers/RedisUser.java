package io.sysmonstm.test.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The user that a page of the documentation tells operators to make on their Redis, so that tests
 * make the very same. Immutable.
 */
public final class RedisUser {
  private static final String INDENT = "    ";
  private static final String COMMAND = "ACL SETUSER sysmonstm ";
  private static final String PASSWORD = "password";

  private final List<String> lines;

  private RedisUser(List<String> lines) {
    this.lines = lines;
  }

  /**
   * {@return the user of a page}
   *
   * @param page a Markdown file with one indented block that begins with {@code ACL SETUSER}
   */
  public static RedisUser documentedIn(Path page) {
    try (var text = Files.lines(page)) {
      var block =
          text.dropWhile(line -> !line.startsWith(INDENT + COMMAND))
              .takeWhile(line -> line.startsWith(INDENT))
              .map(String::strip)
              .toList();
      if (block.isEmpty()) {
        throw new IllegalStateException(page + " has no line that begins with " + COMMAND);
      }
      return new RedisUser(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return the same user without some of its rights}
   *
   * @param begins what the lines of the block begin with that it lacks
   */
  public RedisUser without(String... begins) {
    return new RedisUser(
        lines.stream().filter(line -> Stream.of(begins).noneMatch(line::startsWith)).toList());
  }

  /** {@return the command that makes it} */
  public String command() {
    return String.join(" ", lines);
  }

  /**
   * {@return a URL by which it logs in}
   *
   * @param url that of the server, without a user
   */
  public String login(String url) {
    return url.replace("://", "://sysmonstm:%s@".formatted(PASSWORD));
  }
}
