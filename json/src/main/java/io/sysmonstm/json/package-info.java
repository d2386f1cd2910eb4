/**
 * The JSON form of values and events: {@link io.sysmonstm.json.EventJson} for whole events, {@link
 * io.sysmonstm.json.ValueJson} for single values, {@link io.sysmonstm.json.ValueWriter} for values
 * within other JSON.
 */
package io.sysmonstm.json;
