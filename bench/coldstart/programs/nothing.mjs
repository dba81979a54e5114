// What a host takes by itself.
export const product = () => 64;
