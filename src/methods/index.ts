// simdgrad/methods: all operations as methods of Tensor, for bundles, which otherwise have only those of the core.
import { begin } from "./begin.js";
// All operations lie together in a bundle, behind the lists of their names: gzip looks back 32 KB, and finds more that repeats itself.
import "../ops/moreMethods.js";
import "../ops/moreNames.js";
import "../ops/index.js";
import "../ops/install.js";
import type * as diagonal from "../ops/arrange/diagonal.js";
import type * as order from "../ops/arrange/order.js";
import type * as arrangePieces from "../ops/arrange/pieces.js";
import type * as repeat from "../ops/arrange/repeat.js";
import type * as shapes from "../ops/arrange/shapes.js";
import type * as cast from "../ops/elementwise/cast.js";
import type * as matmul from "../ops/gemm/matmul.js";
import { giveMethods, type Methods } from "../ops/giveMethods.js";
import type * as indexingGet from "../ops/indexing/get.js";
import type * as indexed from "../ops/indexing/indexed.js";
import type * as indexingMasks from "../ops/indexing/masks.js";
import type * as indexingScatter from "../ops/indexing/scatter.js";
import type * as indexingSlices from "../ops/indexing/slices.js";
import type * as leastSquares from "../ops/linalg/leastSquares.js";
import type * as orthogonal from "../ops/linalg/orthogonal.js";
import type * as products from "../ops/linalg/products.js";
import type * as systems from "../ops/linalg/solve.js";
import type * as activation from "../ops/math/activation.js";
import type * as binary from "../ops/math/binary.js";
import type * as closeness from "../ops/math/closeness.js";
import type * as logic from "../ops/math/logic.js";
import type * as pieces from "../ops/math/pieces.js";
import type * as unary from "../ops/math/unary.js";
import type * as methods from "../ops/moreMethods.js";
import * as operations from "../ops/moreMethods.js";
import type * as pool1d from "../ops/pool/pool1d.js";
import type * as pool2d from "../ops/pool/pool2d.js";
import type * as draws from "../ops/random/draws.js";
import type * as dropout from "../ops/random/dropout.js";
import type * as moreReductions from "../ops/reduce/more.js";
import type { ValuesAndIndices } from "../ops/reduce/reduce.js";
import type * as cumulate from "../ops/scan/cumulate.js";
import type * as prod from "../ops/scan/prod.js";
import type { DimOr, PickOptions } from "../ops/sort/pick.js";
import type * as sort from "../ops/sort/sort.js";
import type { UniqueConsecutiveOptions, UniqueOptions } from "../ops/sort/unique.js";
import type * as count from "../ops/statistics/count.js";
import type * as cov from "../ops/statistics/cov.js";
import type * as quantile from "../ops/statistics/quantile.js";
import { libraryPart } from "../tensor/stack.js";

/** Overloads keep only their last form, so those are written out below. */
type Overloaded = "median" | "nanmedian" | "nonzero" | "unique" | "uniqueConsecutive";

/** Those of a module's functions that are in moreMethods.ts. A method of a module that is not named below has no type. */
type MethodsOf<Module> = Methods<Module, Extract<keyof Module, Exclude<keyof typeof methods, Overloaded>>>;

interface MoreMethods
  extends MethodsOf<typeof activation>,
    MethodsOf<typeof arrangePieces>,
    MethodsOf<typeof binary>,
    MethodsOf<typeof cast>,
    MethodsOf<typeof closeness>,
    MethodsOf<typeof count>,
    MethodsOf<typeof cov>,
    MethodsOf<typeof cumulate>,
    MethodsOf<typeof diagonal>,
    MethodsOf<typeof draws>,
    MethodsOf<typeof dropout>,
    MethodsOf<typeof indexed>,
    MethodsOf<typeof indexingGet>,
    MethodsOf<typeof indexingMasks>,
    MethodsOf<typeof indexingScatter>,
    MethodsOf<typeof indexingSlices>,
    MethodsOf<typeof leastSquares>,
    MethodsOf<typeof logic>,
    MethodsOf<typeof matmul>,
    MethodsOf<typeof moreReductions>,
    MethodsOf<typeof order>,
    MethodsOf<typeof orthogonal>,
    MethodsOf<typeof pieces>,
    MethodsOf<typeof pool1d>,
    MethodsOf<typeof pool2d>,
    MethodsOf<typeof prod>,
    MethodsOf<typeof products>,
    MethodsOf<typeof quantile>,
    MethodsOf<typeof repeat>,
    MethodsOf<typeof shapes>,
    MethodsOf<typeof sort>,
    MethodsOf<typeof systems>,
    MethodsOf<typeof unary> {}

declare module "../tensor/tensor.js" {
  interface Tensor extends MoreMethods {
    /**
     * Indices of all elements that are not 0, in row-major order, as rows (`asTuple` gives a list instead). any dtype, any shape -> int32 [m, ndim]. Gradient: none.
     * Errors: `ArgError` for an unknown option.
     * @example tensor([[0, 3], [4, 0]]).nonzero(); // [[0, 1], [1, 0]]
     */
    nonzero(options?: { asTuple?: false }): Tensor;
    /**
     * Indices of all elements that are not 0, with `asTuple` an int32 [m] for each dimension, which `get` and `set` take. Gradient: none.
     * Errors: `ArgError` for an unknown option.
     * @example tensor([0, 3, 4]).nonzero({ asTuple: true }).length; // 1
     */
    nonzero(options: { asTuple: true }): Tensor[];

    /**
     * The windows of `size` elements along `dim`, `step` elements apart, as a copy: [..., n, ...] -> [..., (n - size) / step + 1, ..., size].
     * The function of this name takes the patches of images, as in PyTorch; `unfoldDim` is this method as a function. Any dtype and shape.
     * Gradient: of an element the sum over its windows.
     * Errors: `ShapeError` for a window longer than the dimension, `ArgError` for a negative size or a step below 1, `IndexError` for a
     * dimension outside the rank.
     * @example arange(5).unfold(0, 3, 2); // [[0, 1, 2], [2, 3, 4]]
     */
    unfold(dim: number, size: number, step: number): Tensor;

    /**
     * Lower median of all elements, a scalar; NaN if there is one. Any dtype and shape. Gradient: shared equally by all that are equal to it.
     * Errors: `ArgError` for integers without elements.
     * @example tensor([4, 1, 3, 2]).median(); // 2
     */
    median(): Tensor;
    /**
     * Lower medians along a dimension and where they are, without that dimension, or with size 1 for it (`keepdim`). Gradient: to the one
     * element chosen.
     * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
     * @example tensor([[4, 1, 3], [1, 2, 3]]).median(1).values; // [3, 2]
     */
    median(dim: DimOr<PickOptions>, options?: PickOptions): ValuesAndIndices;
    /**
     * `median` of the elements that are no NaN; NaN if there are no others. Any dtype and shape -> a scalar. Gradient: that of `median`.
     * Errors: those of `median`: `ArgError` for integers without elements.
     * @example tensor([4, NaN, 3]).nanmedian(); // 3
     */
    nanmedian(): Tensor;
    /**
     * `median` along a dimension of the elements that are no NaN. Errors: those of `median`.
     * @example tensor([[4, NaN, 3]]).nanmedian(1).values; // [3]
     */
    nanmedian(dim: DimOr<PickOptions>, options?: PickOptions): ValuesAndIndices;
    /**
     * The different elements, or slices along `dim`, in ascending order. Any dtype and shape -> [number of them], or the shape with that
     * size along `dim`. With `returnInverse` and `returnCounts` an array, as the function `unique` gives it. Gradient: none.
     * Errors: `IndexError` for a dimension outside the rank, `ShapeError` for slices without elements.
     * @example tensor([3, 1, 3]).unique(); // [1, 3]
     */
    unique(options?: UniqueOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
    /** The different elements, the number of the one that each element equals, and how often each appears. */
    unique(options: UniqueOptions & { returnInverse: true; returnCounts: true }): [Tensor, Tensor, Tensor];
    /** The different elements, and the number of the one that each element equals, or how often each appears. */
    unique(options: UniqueOptions & ({ returnInverse: true } | { returnCounts: true })): [Tensor, Tensor];
    /**
     * The elements, or slices along `dim`, without those that equal the one before them. Any dtype and shape -> what `unique` gives, also
     * with `returnInverse` and `returnCounts`, in the order of the elements. Gradient: none. Errors: those of `unique`: `IndexError`,
     * `ShapeError`.
     * @example tensor([1, 1, 2, 1]).uniqueConsecutive(); // [1, 2, 1]
     */
    uniqueConsecutive(options?: UniqueConsecutiveOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
    /** The elements that differ from those before them, the number of the one that each element equals, and the lengths of the runs. */
    uniqueConsecutive(options: UniqueConsecutiveOptions & { returnInverse: true; returnCounts: true }): [Tensor, Tensor, Tensor];
    /** The elements that differ from those before them, and the number of the one that each element equals, or the lengths of the runs. */
    uniqueConsecutive(options: UniqueConsecutiveOptions & ({ returnInverse: true } | { returnCounts: true })): [Tensor, Tensor];
  }
}

giveMethods(operations);

libraryPart(begin, () => new Error().stack);
