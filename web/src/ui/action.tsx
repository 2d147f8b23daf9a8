import { Button, type ButtonProps, Tooltip } from 'antd';

interface Props extends Omit<ButtonProps, 'disabled'> {
  /** Why it can't be pressed now, and who could. Absent: it can. */
  readonly blocked?: string | undefined;
}

/**
 * A button that, when it can't be pressed, stays reachable and says why. It stays the same element, and keeps the focus.
 * A key held down presses it once: the Enter that opened a panel does not go on to confirm it. So does a double click:
 * its second half would take back what the first one did, where the button then says the opposite.
 */
export function Action({ blocked, onClick, htmlType, ...rest }: Props) {
  const isBlocked = blocked !== undefined;
  const words = typeof rest.children === 'string' ? rest.children : '';
  return (
    <Tooltip title={blocked}>
      <Button
        {...rest}
        {...(isBlocked && {
          'aria-disabled': true,
          'aria-label': `${words}. ${blocked}`,
          className: 'blocked',
        })}
        htmlType={isBlocked ? 'button' : (htmlType ?? 'button')}
        onKeyDown={(event) => {
          if (event.repeat && event.key === 'Enter') event.preventDefault();
        }}
        onClick={(event) => {
          if (!isBlocked && event.detail < 2) onClick?.(event);
        }}
      />
    </Tooltip>
  );
}
