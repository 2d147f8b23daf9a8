import { InputNumber, type InputNumberProps } from 'antd';

/** A number, typed or stepped by arrow keys. Without the kit's step buttons, which speak English only. */
export function NumberInput(props: InputNumberProps<number>) {
  return <InputNumber<number> controls={false} {...props} />;
}
