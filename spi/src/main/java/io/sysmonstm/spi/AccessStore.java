package io.sysmonstm.spi;

import io.sysmonstm.api.AuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who may come in, shared by gateways, which let people in, and aggregators, which let machines in.
 * It keeps hashes and never a secret. Each change is written together with its entry in the audit,
 * durably, both or neither; what is refused or changes nothing writes none. The audit is the one
 * that {@link AlertStore#audit} reads, and only grows.
 *
 * <p>Thread-safe, and used by several processes at a time; every method but {@link #health} may
 * block, with a deadline, and throws {@link io.sysmonstm.api.StoreUnavailableException} where the
 * store cannot be reached. Texts may hold any characters; what a database cannot hold, the
 * character 0 for one, comes back as the replacement character.
 */
public interface AccessStore extends MetricStore {
  /** The most accounts, and the most API tokens, those that have ended too. */
  int MOST = 10_000;

  /** The most enrolment tokens of one day. */
  int MOST_ENROLMENT_TOKENS = 10_000;

  /** The most credentials that have not expired, revoked ones too. */
  int MOST_CREDENTIALS = 100_000;

  /** The most sessions of one account. */
  int MOST_SESSIONS = 100;

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
   * Makes the first account; of several that try at once, in whatever process, one succeeds.
   *
   * @param account an admin
   * @param audit what the audit says of it
   * @return false where there are accounts already, and nothing was done
   */
  boolean createFirstAccount(Account account, AuditEntry audit);

  /**
   * Adds an account.
   *
   * @param account a new one
   * @param audit what the audit says of it
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where there is one of this name,
   *     another has the subject, or it would be the first and is no admin; RESOURCE_EXHAUSTED where
   *     there are {@value #MOST}
   */
  void addAccount(Account account, AuditEntry audit);

  /**
   * Changes an account, all but its time of creation, where it still is as whoever changes it saw
   * it: what was deleted or changed meanwhile stays so. A change of password, role or subject ends
   * its sessions. Of the API tokens that it made, those that may do more than its new role are
   * revoked, each with its own entry in the audit.
   *
   * @param expected the account as it was read; role, password and subject count
   * @param next the new state, of the same name
   * @param audit what the audit says of it; its time is that of the revocations
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where the account is gone or is
   *     another than expected, no admin would be left, or another account has the subject
   */
  void changeAccount(Account expected, Account next, AuditEntry audit);

  /**
   * Deletes an account with its sessions, and revokes the API tokens that it made, each with its
   * own entry in the audit.
   *
   * @param name its name
   * @param audit what the audit says of it; its time is that of the revocations
   * @throws io.sysmonstm.api.RequestException NOT_FOUND where there is none, FAILED_PRECONDITION
   *     where it is the last admin
   */
  void deleteAccount(String name, AuditEntry audit);

  /**
   * Begins a session, where the account still is as it was when somebody proved that it is theirs.
   * Sessions of anybody that have expired when it begins are forgotten, and beyond {@value
   * #MOST_SESSIONS} of one account those that were used longest ago.
   *
   * @param session a new one
   * @param expected its account as it was read; role, password and subject count
   * @param audit what the audit says of it
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where the account is gone or is
   *     another than expected
   */
  void beginSession(LoginSession session, Account expected, AuditEntry audit);

  /**
   * {@return a session, which may have expired}
   *
   * @param secretHash of its cookie
   */
  Optional<LoginSession> session(String secretHash);

  /**
   * Notes that a session was used; no audit. An earlier time than the one that is noted changes
   * nothing.
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

  /**
   * Ends all sessions of an account.
   *
   * @param account its name; nothing happens where it has none
   * @param audit what the audit says of it
   */
  void endSessions(String account, AuditEntry audit);

  /**
   * Ends all sessions of an account, and revokes the API tokens that it made, each with its own
   * entry in the audit: for one that stays, and whose owner may do nothing here any more.
   *
   * @param account its name; nothing happens where it has neither
   * @param audit what the audit says of it; its time is that of the revocations
   */
  void endAccess(String account, AuditEntry audit);

  /**
   * {@return the API tokens, revoked and expired ones too, the newest first, at most {@value
   * #MOST}}
   */
  List<ApiToken> apiTokens();

  /**
   * {@return an API token}
   *
   * @param id its public part
   */
  Optional<ApiToken> apiToken(String id);

  /**
   * Adds an API token. Those that were revoked or expired 90 days before it was made are forgotten.
   *
   * @param token with a new id
   * @param audit what the audit says of it
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where there is one of this id, or
   *     who made it is no admin any more; RESOURCE_EXHAUSTED where there are {@value #MOST}
   */
  void addApiToken(ApiToken token, AuditEntry audit);

  /**
   * Revokes an API token; one that is revoked stays so, since when it was first.
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
   * Adds an enrolment token; those that were made more than a day before it are forgotten.
   *
   * @param token with a new id
   * @param audit what the audit says of it
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where there is one of this id,
   *     RESOURCE_EXHAUSTED where there are {@value #MOST_ENROLMENT_TOKENS}
   */
  void addEnrolmentToken(EnrolmentToken token, AuditEntry audit);

  /**
   * Uses an enrolment token and adds the credential that it gets, both or neither. Of several that
   * try at once, in whatever process, one succeeds.
   *
   * @param id its public part
   * @param secretHash of its secret part; compared in constant time
   * @param credential what the machine gets for it, with a new id; its time of issue is that of the
   *     use
   * @param audit what the audit says of it
   * @return false where the token is unknown, used, of another secret, or expired at the time of
   *     issue, and nothing was done
   * @throws io.sysmonstm.api.RequestException as {@link #addCredential} does; the token is not used
   *     then
   */
  boolean redeem(String id, String secretHash, MachineCredential credential, AuditEntry audit);

  /**
   * Adds a credential that an admin gives out. Those that had expired at its time of issue are
   * forgotten.
   *
   * @param credential with a new id
   * @param audit what the audit says of it
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where there is one of this id,
   *     RESOURCE_EXHAUSTED where there are {@value #MOST_CREDENTIALS}
   */
  void addCredential(MachineCredential credential, AuditEntry audit);

  /**
   * Adds the credential that follows one; that one holds on. A revocation that comes at the same
   * time revokes both, or keeps the new one from being added.
   *
   * @param id of the credential that the machine has
   * @param credential what it gets, for the same machine, with a new id
   * @param audit what the audit says of it
   * @return false where the credential is unknown, revoked, of another machine, or expired at the
   *     time of issue of the new one, and nothing was done
   * @throws io.sysmonstm.api.RequestException as {@link #addCredential} does
   */
  boolean renew(String id, MachineCredential credential, AuditEntry audit);

  /**
   * {@return a credential}
   *
   * @param id a serial number in hex, or the public part of a token
   */
  Optional<MachineCredential> credential(String id);

  /**
   * {@return credentials that have not expired, revoked ones too, by machine, those of one machine
   * the newest first, at most {@value #MOST_CREDENTIALS}}
   */
  List<MachineCredential> credentials();

  /**
   * Revokes all credentials of a machine.
   *
   * @param machineId which
   * @param at since when
   * @param audit what the audit says of it; not written where none was revoked
   * @return how many held until now
   */
  int revoke(String machineId, Instant at, AuditEntry audit);

  /**
   * {@return the certificate that signs those of machines, as PEM and perhaps followed by others
   * that are trusted beside it; empty where no aggregator has made one} It is public; gateways need
   * it to tell new machines whom to expect.
   */
  Optional<String> machineAuthority();

  /**
   * Sets what {@link #machineAuthority} tells. It is no change that {@link #accessRevision} counts.
   *
   * @param certificates as PEM, at most 64 KiB
   * @param audit what the audit says of it
   */
  void putMachineAuthority(String certificates, AuditEntry audit);

  /**
   * Writes into the audit what changes nothing here: a login that failed, a machine that named
   * another. Bounded by an {@link AuditLimit}: of what comes too often, only the number is written.
   *
   * @param entry what happened
   */
  void record(AuditEntry entry);

  /**
   * {@return a number that grows with each change of an account, token or credential, whichever
   * process made it, so that caches notice cheaply: what is read after the number is at least as
   * new as the number}
   */
  long accessRevision();
}
