import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';

/** Who is asked to stop answers what was asked before, for so long; an orchestrator's patience ends after 30 s. */
const longestMs = 5000;

/** Lets requests that are under way when the server is stopped be answered, and what they write be finished. */
@Injectable()
export class LastAnswers implements BeforeApplicationShutdown {
  readonly #host: HttpAdapterHost;
  #underWay = 0;
  #isStopping = false;
  #allAnswered: () => void = () => undefined;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  /** Every request passes this first. */
  readonly count = (_: Request, response: Response, next: NextFunction): void => {
    this.#underWay += 1;
    // Whoever keeps a connection would send the next request into one that is about to end.
    if (this.#isStopping) response.setHeader('connection', 'close');
    response.once('close', () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#allAnswered();
    });
    next();
  };

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    this.#host.httpAdapter.getHttpServer().close();
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, longestMs);
      this.#allAnswered = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}
