/** The objects of the API in JSON. */
package io.sysmonstm.gateway.helidon.internal.json;
