/** Four digits that matter: "0.02134", "-1.5", "1.2e-5", "12,345", "∞". */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-∞' : '∞';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return (value === 0 ? 0 : value).toLocaleString('en-US');
  if (size >= 1e-4 && size < 1e6) return String(Number(value.toPrecision(4)));
  return value.toExponential(3).replace(/\.?0*e\+?/, 'e');
}

/** Part of a whole: "12.3 %", "< 0.1 %", "0 %". */
export function shareText(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = 100 * part / whole;
  if (percent < 0.1) return '< 0.1 %';
  return percent > 99.9 && part < whole ? '> 99.9 %' : `${Number(percent.toFixed(1))} %`;
}
