/** What a rule watches for, in words. */
import { shortest } from './format.js';

export const OPERATORS = [['gt', 'is above'], ['gte', 'is at least'], ['lt', 'is below'], ['lte', 'is at most'], ['eq', 'is'], ['ne', 'is not']];

const words = Object.fromEntries(OPERATORS);

/** `disk_percent is above 90`, for each form of a condition. */
export function conditionText(rule) {
  if (rule.absent) return `no data for ${rule.absent}`;
  const comparison = `${words[rule.operator]} ${shortest(rule.threshold)}`;
  if (rule.forecast) return `${rule.metric} ${comparison} within ${rule.forecast.within}, by its course over ${rule.forecast.over}`;
  if (rule.change) return `change of ${rule.metric} over ${rule.change.over} ${comparison}`;
  return `${rule.metric} ${comparison}`;
}
