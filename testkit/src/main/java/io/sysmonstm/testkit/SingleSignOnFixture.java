package io.sysmonstm.testkit;

import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.SingleSignOn;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A single sign-on, and the service it asks, for {@link SingleSignOnContract}. */
public interface SingleSignOnFixture extends AutoCloseable {
  /** {@return the one that is tested} */
  SingleSignOn signOn();

  /**
   * Says who sits at the browser from now on.
   *
   * @param id of the person at the service
   * @param role what the service says that they may do
   */
  void person(String id, Optional<Role> role);

  /**
   * Goes the way of a browser whose person logs in.
   *
   * @param address where the browser was sent
   * @return what it brings back
   */
  Map<String, List<String>> allow(URI address);

  /**
   * Goes the way of a browser whose person does not want to.
   *
   * @param address where the browser was sent
   * @return what it brings back
   */
  Map<String, List<String>> deny(URI address);

  /** Ends the service, for good. */
  void endService();

  @Override
  void close();
}
