/** JSON in and out. */
package io.sysmonstm.gateway.helidon.internal.json;
