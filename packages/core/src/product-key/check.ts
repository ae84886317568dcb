import { keyAlphabet, payloadLength } from './alphabet.ts'

// A prime, as near below 24² as there is one. Over all 25 places the check is one weighted sum that must be 0 mod 571:
// weights 1 … 23 for the payload, −24 and −1 for the check itself. All 25 differ, none is 0, and two digits differ by
// less than 571, so neither one wrong character (weight × difference) nor a swap of two (difference of the weights ×
// difference of the digits) can leave the sum as it was.
const checkModulus = 571

/** Computes the two check digits (0 to 23 each, the higher first) over the first 23 digits: Σ (i+1)·cᵢ mod 571, in base 24. */
export function checkDigits(digits: readonly number[]): readonly [number, number] {
  const sum = digits.slice(0, payloadLength).reduce((total, digit, index) => total + (index + 1) * digit, 0)
  const check = sum % checkModulus
  return [Math.floor(check / keyAlphabet.length), check % keyAlphabet.length]
}

/** Whether the last two of 25 digits are the check over the others. A written check of 571 or more never is. */
export function checkFits(digits: readonly number[]): boolean {
  return checkDigits(digits).every((digit, index) => digit === digits[payloadLength + index])
}
