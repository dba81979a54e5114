// What a Worker takes by itself.
export const product = () => 64;
