/**
 * Who machines are. {@link io.sysmonstm.identity.MachineAuthority} is what an aggregator asks,
 * {@link io.sysmonstm.identity.CertificateAuthority} what signs.
 */
package io.sysmonstm.identity;
