import { InputNumber, type InputNumberProps } from 'antd';
import { numberText } from './number-text.ts';

/** A number, typed or stepped by arrow keys. Without the kit's step buttons, which speak English only. */
export function NumberInput(props: InputNumberProps<number>) {
  // The kit's own reader drops what it doesn't know: of `1,5` it makes 15.
  return <InputNumber<number> controls={false} parser={numberText as never} {...props} />;
}
