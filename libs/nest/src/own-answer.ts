import type { ExecutionContext } from '@nestjs/common';

/** Where Nest notes what a handler takes and how its answer is sent. */
const argumentsKey = '__routeArguments__';
const passthroughKey = '__responsePassthrough__';
const renderKey = '__renderTemplate__';
const redirectKey = '__redirect__';
/** `@Res()` and `@Next()` among the kinds of arguments, which are noted as `kind:index`. */
const takesResponse = /^[12]:/;

/** What Express and Fastify have in common. */
interface Reply {
  readonly raw?: { readonly headersSent: boolean };
  readonly headersSent?: boolean;
  header(name: string, value: string): this;
  send(body?: string): unknown;
}

const known = new WeakMap<object, boolean>();

/**
 * Whether a handler sends its answer itself, by `@Res()` or `@Next()` without `passthrough`: Nest then sends nothing,
 * whatever interceptors give it.
 */
export function answersItself(context: ExecutionContext): boolean {
  const handler = context.getHandler();
  let answers = known.get(handler);
  if (answers === undefined) {
    answers = find(context.getClass(), handler);
    known.set(handler, answers);
  }
  return answers;
}

function find(controller: ReturnType<ExecutionContext['getClass']>, handler: object): boolean {
  if (Reflect.hasMetadata(renderKey, handler) || Reflect.hasMetadata(redirectKey, handler)) return false;
  const method = methodOf(controller.prototype as object, handler);
  if (method === undefined || Reflect.getMetadata(passthroughKey, controller, method) === true) return false;
  const taken = (Reflect.getMetadata(argumentsKey, controller, method) ?? {}) as object;
  return Object.keys(taken).some((argument) => takesResponse.test(argument));
}

/** The name that a controller has a handler under; the function itself may have another, from a decorator. */
function methodOf(prototype: object | null, handler: object): string | undefined {
  if (prototype === null) return undefined;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
    if (value === handler) return name;
  return methodOf(Object.getPrototypeOf(prototype) as object | null, handler);
}

/** Sends a value as Nest would, with the status that Nest has set for the route. */
export function send(context: ExecutionContext, value: unknown): void {
  const reply = context.switchToHttp().getResponse<Reply>();
  if ((reply.raw ?? reply).headersSent === true) return;
  if (value === undefined || value === null) reply.send();
  else if (typeof value === 'object')
    reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(value));
  else reply.send(String(value));
}
