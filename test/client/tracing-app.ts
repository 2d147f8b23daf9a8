import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';

/** A span that was active while something ran; complete once `done` has resolved. */
interface Traced {
  readonly done: Promise<unknown>;
  readonly span: ReadableSpan;
}

class FollowingContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => fn.apply(self, args));
  }

  bind<T>(_: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

/** An app that traces what it does with the SDK: answers how it runs something inside of a span of its own. */
export function tracingApp(): (run: () => Promise<unknown>) => Traced {
  context.setGlobalContextManager(new FollowingContext());
  const tracer = new TracerProvider().getTracer('app');
  return (run) => {
    const span = tracer.startSpan('request');
    const done = context.with(trace.setSpan(context.active(), span), run);
    return { done, span: span as unknown as ReadableSpan };
  };
}
