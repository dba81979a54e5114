import { scope, tensor } from "simdgrad";

export default {
  fetch(request) {
    const numbers = JSON.parse(new URL(request.url).searchParams.get("x"));
    return Response.json(scope(() => tensor(numbers).mul(2).toArray()));
  },
};
