/**
 * The methods outside the core: those of moreMethods.ts, which has their types. A bundle needs the names for its error about a method that it
 * does not have, so they are a text and not the functions themselves.
 */
export const MORE_METHODS: readonly string[] = (
  "acos acosh adaptiveAvgPool1d adaptiveAvgPool2d addbmm addcdiv addcmul addmm addmv all allclose aminmax any argsort argwhere " +
  "asin asinh atan atan2 atanh avgPool1d avgPool2d baddbmm bernoulli bfloat16 bincount bitwiseAnd bitwiseLeftShift bitwiseNot " +
  "bitwiseOr bitwiseRightShift bitwiseXor bmm celu cholesky choleskySolve chunk copysign corrcoef cos cosh countNonzero cov " +
  "cross cummax cummin cumprod cumsum deg2rad det diag diagEmbed diagonal diff dot dropout elu equal erf erfc erfinv exp2 " +
  "expandAs expm1 fliplr flipud fmax fmin fmod frac get glu half hardshrink hardsigmoid hardswish hardtanh histc histogram hypot " +
  "indexAdd indexAdd_ indexCopy indexCopy_ indexFill indexFill_ indexPut indexPut_ inner inverse isclose isfinite isinf isnan " +
  "isneginf isposinf kron kthvalue lerp log10 log1p log2 logSigmoid logaddexp logaddexp2 logcumsumexp logicalAnd logicalNot " +
  "logicalOr logicalXor logit long lstsq maskedFill_ maskedScatter maskedScatter_ maskedSelect matrixPower maxPool1d maxPool2d " +
  "median mish mm mode moveaxis movedim msort multinomial mv nanToNum nanmean nanmedian nanquantile nansum nonzero norm normal_ " +
  "outer prelu prod put put_ qr quantile rad2deg relu6 repeat repeatInterleave roll rot90 round scatter scatterAdd scatterAdd_ " +
  "scatterReduce scatterReduce_ scatter_ selectScatter selu set signbit sin sinc sinh sliceScatter slogdet softplus softshrink " +
  "softsign sort svd swapaxes take takeAlongDim tan tanhshrink tensorSplit threshold tile topk trace tril triu unbind unflatten " +
  "unfold uniform_ unique uniqueConsecutive vdot view xlogy"
).split(" ");
