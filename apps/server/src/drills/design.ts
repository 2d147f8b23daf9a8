import { type BodyOf, type Contracts, type DrillDefinition, drillDesign, faultsOf } from '@sluice/protocol';
import { invalid } from '../http/invalid.ts';
import { readDocument } from '../releases/content/document-syntax.ts';

/** The design that a request carries, and the path under which the fields of the design lie in it. */
export interface ReadDesign {
  readonly definition: DrillDefinition;
  readonly at: string;
}

/** Reads the YAML where it is one: what is wrong with it is told by its place in the text, or in the design. */
export function readDesign(body: BodyOf<Contracts['createDrill']>): ReadDesign {
  if ('definition' in body) return { definition: body.definition, at: 'definition.' };
  const documents = readDocument({ kind: 'document', format: 'yaml', text: body.yaml }, { path: 'yaml' });
  const parsed = drillDesign.safeParse(documents.length === 1 ? documents[0] : documents, {
    reportInput: true,
  });
  if (parsed.success) return { definition: parsed.data, at: '' };
  const faults = faultsOf(parsed.error);
  throw invalid(faults);
}
