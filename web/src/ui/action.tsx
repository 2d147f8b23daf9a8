import { Button, type ButtonProps, Tooltip } from 'antd';

interface Props extends Omit<ButtonProps, 'disabled'> {
  /** Why it can't be pressed now, and who could. Absent: it can. */
  readonly blocked?: string | undefined;
}

/** A button that, when it can't be pressed, stays reachable and says why. */
export function Action({ blocked, onClick, title, ...rest }: Props) {
  if (blocked === undefined)
    return <Button {...rest} {...(onClick && { onClick })} {...(title !== undefined && { title })} />;
  return (
    <Tooltip title={blocked}>
      <Button
        {...rest}
        aria-disabled="true"
        aria-label={`${typeof rest.children === 'string' ? rest.children : ''}. ${blocked}`}
        className="blocked"
        htmlType="button"
      />
    </Tooltip>
  );
}
