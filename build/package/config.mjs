// What electron-builder is told (docs/adr/0004). The package holds two runtimes: Electron for the
// window and the host, and a plain Node for jobs, the leash and the command line, because the
// runAsNode fuse is off.
import fs from 'node:fs';
import path from 'node:path';
import { platform, win } from '../setup/paths.mjs';

/** Plain Node cannot read inside app.asar: what it runs lies beside it, unpacked. */
const FOR_PLAIN_NODE = [
  'package.json',
  'out/host/**',
  'out/cli/**',
  'out/programs/**',
  'out/renderer/**',
  'node_modules/better-sqlite3/**',
  'node_modules/systeminformation/**',
];

/**
 * @param {object} parts
 * @param {string} parts.electronDist folder of the unpacked runtime
 * @param {string} parts.electronVersion
 * @param {string} parts.node path of the plain Node to include
 * @param {string} parts.native folder of the N-API 9 binding, '' where none is needed
 * @param {string} parts.output
 * @param {boolean} parts.inspectable leaves the inspect fuse on, so that Playwright can launch it
 * @returns {import('electron-builder').Configuration}
 */
export function packageConfig(parts) {
  return {
    appId: 'dev.haggle.desktop',
    productName: 'Haggle',
    artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
    electronVersion: parts.electronVersion,
    electronDist: parts.electronDist,
    npmRebuild: false,
    nodeGypRebuild: false,
    buildDependenciesFromSource: false,
    directories: { output: parts.output, buildResources: 'build/package' },
    asar: true,
    asarUnpack: ['**/*.node', ...FOR_PLAIN_NODE],
    files: filesInside(),
    extraResources: resourcesBeside(parts),
    extraFiles: [
      win
        ? { from: 'build/package/haggle.cmd', to: 'haggle.cmd' }
        : { from: 'build/package/haggle.sh', to: 'haggle' },
    ],
    electronLanguages: ['en-US'],
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: parts.inspectable,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    },
    linux: {
      icon: 'build/package/icons',
      category: 'Utility',
      executableName: 'haggle-desktop', // `haggle` is the command line
      maintainer: 'Haggle developers <haggle@example.invalid>',
      synopsis: 'A market where AI agents bargain for compute',
      vendor: 'haggle',
    },
    deb: { compression: 'gz' },
    publish: null,
    afterPack: ({ appOutDir }) => {
      // electronDist is copied as it is; the stand-in would be dead weight.
      fs.rmSync(path.join(appOutDir, 'resources/default_app.asar'), { force: true });
    },
  };
}

/** Everything is bundled but two packages, so nothing else of node_modules goes in. */
function filesInside() {
  return [
    'out/{main,preload,renderer,host,cli,programs}/**',
    '!**/*.map',
    'package.json',
    '!node_modules',
    'node_modules/better-sqlite3/package.json',
    'node_modules/better-sqlite3/lib/**',
    `node_modules/better-sqlite3/prebuilds/${platform}.node`,
    'node_modules/systeminformation/package.json',
    'node_modules/systeminformation/lib/**',
  ];
}

/** @param {{node: string, native: string}} parts */
function resourcesBeside({ node, native }) {
  const license = path.resolve(path.dirname(node), '../LICENSE');
  const resources = [
    { from: node, to: `node/${path.basename(node)}` },
    { from: license, to: 'node/LICENSE' },
  ];
  return native ? [...resources, { from: native, to: 'native' }] : resources;
}
