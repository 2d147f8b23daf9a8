import type { KeyboardEvent } from 'react';

/** Ctrl+Enter, or Cmd+Enter, confirms; the Enter that ends a word of an input method does not. */
export const onConfirmKey =
  (confirm: () => void) =>
  (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing)
      confirm();
  };
