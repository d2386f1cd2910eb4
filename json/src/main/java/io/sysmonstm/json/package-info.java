/** The JSON form of values and events, the same on the event bus, in Redis and over HTTP. */
package io.sysmonstm.json;
