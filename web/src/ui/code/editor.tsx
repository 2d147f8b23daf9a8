import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import type { CodeLanguage, CodeMark } from './language.ts';
import { codeSetup } from './setup.ts';

export interface EditorProps {
  readonly value: string;
  readonly language: CodeLanguage;
  readonly label: string;
  readonly onChange?: (value: string) => void;
  readonly marks?: readonly CodeMark[];
  readonly minHeight?: number;
}

/** CodeMirror on a text. Without `onChange` it is for reading. Tab leaves it, so that nobody is trapped. */
export default function Editor({ value, language, label, onChange, marks, minHeight = 120 }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  const first = useRef(value);
  changed.current = onChange;
  const readOnly = onChange === undefined;

  useEffect(() => {
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          basicSetup,
          lintGutter(),
          codeSetup(language),
          EditorState.readOnly.of(readOnly),
          EditorView.editable.of(!readOnly),
          EditorView.contentAttributes.of({
            'aria-label': label,
            tabindex: '0',
            ...(!readOnly && { 'aria-keyshortcuts': 'e' }),
          }),
          EditorView.theme({ '.cm-content, .cm-gutter': { minHeight: `${minHeight}px` } }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            first.current = update.state.doc.toString();
            changed.current?.(first.current);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [language, label, readOnly, minHeight]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || value === first.current) return;
    first.current = value;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const { doc } = editor.state;
    const found = (marks ?? []).map((mark) => {
      const line = doc.line(Math.min(Math.max(mark.line, 1), doc.lines));
      const from = Math.min(line.from + Math.max(mark.column - 1, 0), line.to);
      return { from, to: Math.max(from, line.to), severity: 'error' as const, message: mark.message };
    });
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [marks]);

  return <div ref={host} className="code-frame" />;
}
