/** The demo cannot go on. The message is for people, in their language. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}
