import org.jspecify.annotations.NullMarked;

/**
 * TLS by the means of the JDK: certificates and keys from PEM files that are read again when they
 * change, requests for certificates, and the tokens by which machines come in. Depend on it to
 * listen or connect with such files; {@link io.sysmonstm.tls.TlsSettings} and {@link
 * io.sysmonstm.tls.TlsFileWatch} are the entries.
 */
@NullMarked
module io.sysmonstm.tls {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;

  exports io.sysmonstm.tls;
}
