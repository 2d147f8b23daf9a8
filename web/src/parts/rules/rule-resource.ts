import { isDraft, type RuleDraft } from './rule-value.ts';

/** The resources of a rule in short: `GET /books/:id`, `GET /books*`. */
export function ruleResource(draft: RuleDraft): string {
  const { resource } = draft;
  if (!isDraft(resource)) return '';
  return `${String(resource.value)}${resource.match === 'prefix' ? '…' : ''}`;
}
