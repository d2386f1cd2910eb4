/**
 * TLS from PEM files. {@link io.sysmonstm.tls.TlsSettings} declares the keys of a role, {@link
 * io.sysmonstm.tls.TlsFileWatch} reads the files and follows them, and {@link
 * io.sysmonstm.tls.CurrentTls} gives what a server or client speaks TLS with. {@link
 * io.sysmonstm.tls.Invitation} makes the one-time tokens of new machines.
 */
package io.sysmonstm.tls;
