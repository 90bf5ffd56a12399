// `--out DIR`: a run as files for other programs. Files of other names are left alone.
import fs from 'node:fs';
import path from 'node:path';
import { csvOf, isRows } from '../../core/lab/csv.ts';
import type { Chart } from '../../core/lab/plot/chart.ts';
import { drawChart } from '../../core/lab/plot/draw.ts';
import type { Run } from '../../core/lab/run.ts';
import { EXIT, fault } from '../fault.ts';

export interface Folder {
  /**
   * Writes NAME.json, NAME.csv where the results have rows, and NAME.svg where there is a chart.
   * @returns the paths written
   * @throws a fault naming `--out`
   */
  write(run: Run, chart: Chart | null): string[];
}

/**
 * Makes the folder, with those above it.
 * @throws a fault naming `--out` when nothing can be written there
 */
export function openFolder(dir: string): Folder {
  orRefuse(dir, EXIT.usage, () => {
    fs.mkdirSync(dir, { recursive: true });
    fs.accessSync(dir, fs.constants.W_OK);
  });
  return {
    write: (run, chart) => {
      const { rows } = run.results;
      const texts: Record<string, string> = {
        json: `${JSON.stringify(run)}\n`,
        ...(isRows(rows) ? { csv: csvOf(rows) } : {}),
        ...(chart === null ? {} : { svg: drawChart(chart) }),
      };
      return Object.entries(texts).map(([kind, text]) => {
        const file = path.join(dir, `${run.experiment}.${kind}`);
        orRefuse(file, EXIT.failed, () => fs.writeFileSync(file, text));
        return file;
      });
    },
  };
}

function orRefuse(place: string, exitCode: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const detail = `--out: ${place} cannot be written: ${code}`;
    throw fault('invalid-value', detail, { field: '--out', exitCode });
  }
}
