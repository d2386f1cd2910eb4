package io.sysmonstm.spi;

import io.sysmonstm.api.AuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who may come in, shared by gateways, which let people in, and aggregators, which let machines in.
 * It keeps hashes and never a secret. Each change is written together with its entry in the audit,
 * both or neither; the audit is the one that {@link AlertStore#audit} reads, and only grows.
 * Thread-safe; every method but {@link #health} may block, with a deadline, and throws {@link
 * io.sysmonstm.api.StoreUnavailableException} where the store cannot be reached.
 */
public interface AccessStore extends MetricStore {
  /** {@return all accounts, by name} */
  List<Account> accounts();

  /**
   * {@return an account}
   *
   * @param name its name
   */
  Optional<Account> account(String name);

  /**
   * {@return the account of somebody at an OpenID provider}
   *
   * @param subject issuer, a blank, and subject
   */
  Optional<Account> accountOf(String subject);

  /**
   * Makes the first account; of several that try at once one succeeds.
   *
   * @param account an admin
   * @param audit what the audit says of it
   * @return false where there are accounts already, and nothing was done
   */
  boolean createFirstAccount(Account account, AuditEntry audit);

  /**
   * Adds an account or changes the one of this name. A change of password or role ends its
   * sessions.
   *
   * @param account the new state
   * @param audit what the audit says of it
   */
  void putAccount(Account account, AuditEntry audit);

  /**
   * Deletes an account with its sessions.
   *
   * @param name its name
   * @param audit what the audit says of it
   * @throws io.sysmonstm.api.RequestException NOT_FOUND where there is none, FAILED_PRECONDITION
   *     where it is the last admin
   */
  void deleteAccount(String name, AuditEntry audit);

  /**
   * Begins a session. Those that have expired are forgotten, and beyond 100 of one account the
   * oldest.
   *
   * @param session a new one
   * @param audit what the audit says of it
   */
  void beginSession(LoginSession session, AuditEntry audit);

  /**
   * {@return a session, which may have expired}
   *
   * @param secretHash of its cookie
   */
  Optional<LoginSession> session(String secretHash);

  /**
   * Notes that a session was used.
   *
   * @param secretHash of its cookie; nothing happens where there is none
   * @param at when
   */
  void touchSession(String secretHash, Instant at);

  /**
   * Ends a session.
   *
   * @param secretHash of its cookie; nothing happens where there is none
   * @param audit what the audit says of it
   */
  void endSession(String secretHash, AuditEntry audit);

  /** {@return the API tokens, revoked and expired ones too, the newest first, at most 10,000} */
  List<ApiToken> apiTokens();

  /**
   * {@return an API token}
   *
   * @param id its public part
   */
  Optional<ApiToken> apiToken(String id);

  /**
   * Adds an API token.
   *
   * @param token with a new id
   * @param audit what the audit says of it
   */
  void addApiToken(ApiToken token, AuditEntry audit);

  /**
   * Revokes an API token; one that is revoked stays so.
   *
   * @param id its public part
   * @param at since when
   * @param audit what the audit says of it
   * @throws io.sysmonstm.api.RequestException NOT_FOUND where there is none
   */
  void revokeApiToken(String id, Instant at, AuditEntry audit);

  /** {@return the enrolment tokens of the last day, used and expired ones too, the newest first} */
  List<EnrolmentToken> enrolmentTokens();

  /**
   * Adds an enrolment token; those of more than a day ago are forgotten.
   *
   * @param token with a new id
   * @param audit what the audit says of it
   */
  void addEnrolmentToken(EnrolmentToken token, AuditEntry audit);

  /**
   * Uses an enrolment token and adds the credential that it gets, both or neither. Of several that
   * try at once one succeeds.
   *
   * @param id its public part
   * @param secretHash of its secret part; compared in constant time
   * @param credential what the machine gets for it; its time of issue is that of the use
   * @param audit what the audit says of it
   * @return false where the token is unknown, used, expired or of another secret, and nothing was
   *     done
   */
  boolean redeem(String id, String secretHash, MachineCredential credential, AuditEntry audit);

  /**
   * Adds a credential, as when one is renewed.
   *
   * @param credential with a new id
   * @param audit what the audit says of it
   */
  void addCredential(MachineCredential credential, AuditEntry audit);

  /**
   * {@return a credential}
   *
   * @param id a serial number in hex, or the public part of a token
   */
  Optional<MachineCredential> credential(String id);

  /** {@return credentials that have not expired, revoked ones too, by machine, at most 100,000} */
  List<MachineCredential> credentials();

  /**
   * Revokes all credentials of a machine.
   *
   * @param machineId which
   * @param at since when
   * @param audit what the audit says of it
   * @return how many held until now
   */
  int revoke(String machineId, Instant at, AuditEntry audit);

  /**
   * Writes into the audit what changes nothing here: a login that failed, a machine that named
   * another.
   *
   * @param entry what happened
   */
  void record(AuditEntry entry);

  /**
   * {@return a number that grows with each change of an account, token or credential, so that
   * caches notice cheaply}
   */
  long accessRevision();
}
