package io.sysmonstm.spi;

import io.sysmonstm.spi.Account.Role;
import java.util.List;
import java.util.Optional;

/**
 * Who another service has vouched that a person is. Immutable.
 *
 * @param subject as in {@link Account#subject}; never given to another person
 * @param names by which an account may be called that is made for them, the best one first
 * @param role what they may do from now on; empty where they may not come in
 */
public record PersonIdentity(String subject, List<String> names, Optional<Role> role) {
  /** Copies the list. */
  public PersonIdentity {
    names = List.copyOf(names);
  }
}
