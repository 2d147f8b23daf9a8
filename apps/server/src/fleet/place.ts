/** Where an instance lives: what its token is for. */
export interface Place {
  readonly environment: string;
  readonly app: string;
}

/** A place with its key made once, for what is asked with every answer of every instance. */
export class KeyedPlace implements Place {
  readonly environment: string;
  readonly app: string;
  readonly #key: string;

  constructor({ environment, app }: Place) {
    this.environment = environment;
    this.app = app;
    this.#key = textOf(this);
  }

  static keyOf(place: Place): string {
    return place instanceof KeyedPlace ? place.#key : textOf(place);
  }
}

const textOf = ({ environment, app }: Place): string => `${environment} ${app}`;

/** One text per place; neither part can hold a space. */
export const placeKey = (place: Place): string => KeyedPlace.keyOf(place);
