import type { Migration } from '../migration.ts';

/** What a node asks another one about instances that are connected there. Rows live as long as somebody waits. */
export const nodeQuestions: Migration = {
  name: '0006-node-questions',
  statements: () => [
    `CREATE TABLE node_question (
      id text PRIMARY KEY,
      node_id text NOT NULL,
      asked_by text NOT NULL,
      kind text NOT NULL,
      question text NOT NULL,
      answer text
    )`,
    'CREATE INDEX node_question_node ON node_question (node_id)',
  ],
};
