package io.sysmonstm.api;

/**
 * Who does something. Immutable.
 *
 * @param name an account, a token's name, or a part of sysmonstm
 * @param source the network address it comes from; empty where it comes from within
 */
public record Actor(String name, String source) {
  /**
   * {@return somebody who acts from within}
   *
   * @param name an account, or a part of sysmonstm
   */
  public static Actor within(String name) {
    return new Actor(name, "");
  }
}
