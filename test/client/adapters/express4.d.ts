/** What is asked of the older Express here is the same in both. */
declare module 'express4' {
  export { default } from 'express';
}
