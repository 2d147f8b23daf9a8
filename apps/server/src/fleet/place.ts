/** Where an instance lives: what its token is for. */
export interface Place {
  readonly environment: string;
  readonly app: string;
}

/** One text per place; neither part can hold a space. */
export const placeKey = (place: Place): string => `${place.environment} ${place.app}`;
