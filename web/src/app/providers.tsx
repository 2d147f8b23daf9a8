import { QueryClientProvider } from '@tanstack/react-query';
import { theme as antdTheme, ConfigProvider } from 'antd';
import enGB from 'antd/locale/en_GB';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { useLanguage } from '../lib/i18n/language.ts';
import { queryClient } from '../lib/query-client.ts';
import { useTheme } from '../lib/theme.ts';

const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

const shared = {
  fontFamily: 'var(--sans)',
  fontFamilyCode: 'var(--mono)',
  fontSize: 13,
  borderRadius: 5,
  controlHeight: 30,
  controlHeightSM: 26,
  motion: !calm,
  wireframe: false,
};

const light = {
  ...shared,
  colorPrimary: '#0a6a80',
  colorInfo: '#0a6a80',
  colorError: '#b0201a',
  colorSuccess: '#17703f',
  colorWarning: '#875000',
  colorBgLayout: '#f4f6f8',
  colorText: '#14202a',
  colorTextPlaceholder: '#5f6e7a',
  colorTextDescription: '#5a6975',
  colorTextTertiary: '#5a6975',
  colorBorder: '#b9c5ce',
};

const dark = {
  ...shared,
  colorPrimary: '#1b7d96',
  colorInfo: '#58bfd6',
  colorError: '#ff9188',
  colorSuccess: '#62cf93',
  colorWarning: '#eab253',
  colorBgBase: '#141c21',
  colorBgContainer: '#141c21',
  colorBgElevated: '#1a242a',
  colorBgLayout: '#0d1317',
  colorText: '#e4ebef',
  colorTextPlaceholder: '#8b9aa5',
  colorTextDescription: '#94a3ae',
  colorTextTertiary: '#94a3ae',
  colorBorder: '#3d4f5a',
  colorBorderSecondary: '#27343c',
  colorSplit: '#27343c',
};

/** What every page stands on: look, language of the kit, and the cache. */
export function Providers({ children }: { readonly children: ReactNode }) {
  const theme = useTheme();
  const language = useLanguage();
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enGB}
      theme={{
        algorithm: theme === 'dark' ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
        token: theme === 'dark' ? dark : light,
        // White can't be read on the bright red of the dark theme, nor on what a hovered button brightens to.
        components:
          theme === 'dark' ? { Button: { dangerColor: '#2a0605', colorPrimaryHover: '#17708a' } } : {},
      }}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </ConfigProvider>
  );
}
