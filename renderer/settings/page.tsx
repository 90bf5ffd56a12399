// Look, rules of the market, keys, and what this installation is.
import { KeyTable } from '../frame/keys.tsx';
import { useShellInfo } from '../frame/failing.tsx';
import { setTheme, type Theme, useView } from '../frame/view-store.ts';
import { useMarket } from '../mirror/hooks.ts';
import { Scroll } from '../ui/scroll.tsx';
import { Segments } from '../ui/segments.tsx';
import { Id } from '../ui/values.tsx';
import { PolicyForm } from './policy-form.tsx';
import './settings.css';

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function SettingsPage() {
  const theme = useView((s) => s.theme);
  return (
    <Scroll className="settings" label="Settings">
      <section>
        <h2>Look</h2>
        <div className="setting">
          <div>
            <h3>Theme</h3>
            <p className="muted">The system’s theme is followed as it changes.</p>
          </div>
          <Segments label="Theme" value={theme} options={THEMES} onChange={setTheme} />
        </div>
      </section>
      <section>
        <h2>Rules of the market</h2>
        <PolicyForm />
      </section>
      <section>
        <h2>Keys</h2>
        <KeyTable />
      </section>
      <About />
    </Scroll>
  );
}

function About() {
  const info = useMarket((s) => s.info);
  const marketId = useMarket((s) => s.model.marketId);
  const shell = useShellInfo();
  const dataDir = info?.dataDir ?? shell?.dataDir;
  const versions = Object.entries(shell?.versions ?? {});
  return (
    <section>
      <h2>About</h2>
      <dl className="about">
        <div>
          <dt>Haggle</dt>
          <dd>{info ? info.version : 'unknown while the host does not answer'}</dd>
        </div>
        {versions.map(([name, version]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{version}</dd>
          </div>
        ))}
        {dataDir && (
          <div>
            <dt>Data directory</dt>
            <dd>
              <Id id={dataDir} />
            </dd>
          </div>
        )}
        {info && (
          <>
            <div>
              <dt>Address for agents</dt>
              <dd>
                <Id id={info.url} />
              </dd>
            </div>
            <div>
              <dt>Clock</dt>
              <dd>{info.clock === 'real' ? 'real time' : 'set by hand, for tests'}</dd>
            </div>
          </>
        )}
        {marketId && (
          <div>
            <dt>Market</dt>
            <dd>
              <Id id={marketId} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
