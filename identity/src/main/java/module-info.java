import org.jspecify.annotations.NullMarked;

/**
 * The authority of an aggregator: lets new machines in by one-time tokens, issues their
 * certificates, and knows which of them hold. Depend on it to run an aggregator that enrols
 * machines; {@link io.sysmonstm.identity.MachineAuthority} is the entry.
 */
@NullMarked
module io.sysmonstm.identity {
  requires transitive io.sysmonstm.tls;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static org.jspecify;

  exports io.sysmonstm.identity;
}
