/** Whether a topic filter matches a topic (MQTT 3.1.1, section 4.7). */
export function filterMatches(filter: string, topic: string): boolean {
  const filterLevels = filter.split("/");
  const levels = topic.split("/");
  if (topic.startsWith("$") && !filter.startsWith("$")) return false;
  for (let i = 0; i < filterLevels.length; i += 1) {
    const level = filterLevels[i]!;
    if (level === "#") return true;
    if (i >= levels.length || (level !== "+" && level !== levels[i])) return false;
  }
  return filterLevels.length === levels.length;
}

/**
 * What a device may publish and subscribe to: what lies under its own topics. A filter counts only if all that it can match lies there, so
 * its first levels have to be spelled out.
 */
export function isOwnTopic(device: string, topicOrFilter: string): boolean {
  return (
    (topicOrFilter.startsWith("devices/") &&
      topicOrFilter.startsWith(device, 8) &&
      topicOrFilter.charCodeAt(8 + device.length) === 0x2f) ||
    topicOrFilter.startsWith("v1/devices/me/")
  );
}

/** The device whose commands the filter asks for; undefined if it asks for none, or for those of more than one. */
export function commandDeviceOf(filter: string): string | undefined {
  const levels = filter.split("/");
  const device = levels[1];
  if (levels[0] !== "devices" || device === undefined || device === "" || device === "+" || device === "#")
    return undefined;
  return filterMatches(filter, `devices/${device}/commands/any`) ? device : undefined;
}
