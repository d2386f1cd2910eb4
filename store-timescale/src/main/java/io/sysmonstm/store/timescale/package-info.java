/** History, alerts and rules in TimescaleDB, or in a plain PostgreSQL. */
package io.sysmonstm.store.timescale;
