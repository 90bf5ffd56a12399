import './ui/tokens.css';
import './ui/base.css';
import './ui/controls.css';
import './ui/floating.css';
import './ui/table.css';
import './frame/frame.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startView } from './frame/view-store.ts';
import { connect } from './mirror/link.ts';

connect(); // takes the token out of the address before the route is read from it
startView();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
