/** The same words as the protocol's `roles`, written out so that help needn't load every contract; tests hold them to it. */
export const roleWords = ['viewer', 'editor', 'publisher', 'drillOperator', 'admin', 'auditor'] as const;
