/** Real Redis, PostgreSQL and Kafka for tests, from Maven artifacts, on free ports. */
package io.sysmonstm.test.servers;
