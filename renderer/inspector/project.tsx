import { useProject } from '../mirror/hooks.ts';
import { projectOf } from '../frame/route.ts';
import { hrefTo } from '../frame/view-store.ts';
import { Credits } from '../ui/values.tsx';
import { budgetWords } from '../words/sentences.ts';
import { BudgetMeter } from './agent.tsx';
import { Fact, Facts, Gone, Raw, Section, Title } from './parts.tsx';

export function ProjectCard({ id }: { id: string }) {
  const project = useProject(projectOf(id));
  if (!project) return <Gone id={id} />;
  return (
    <>
      <Title name={project.name} id={project.name} />
      <Section name="Account">
        <Facts>
          <Fact name="Available">
            <Credits micro={project.posted - project.held} unit />
          </Fact>
          <Fact name="Held">
            <Credits micro={project.held} unit />
          </Fact>
        </Facts>
        {project.budget && (
          <>
            <BudgetMeter remaining={project.budget.remaining} amount={project.budget.amount} />
            <p className="small muted">{budgetWords(project.budget)}</p>
          </>
        )}
      </Section>
      <p>
        <a
          className="link"
          href={hrefTo('bank', null, { project: project.name, tab: 'transfers' })}
        >
          Its transfers
        </a>
      </p>
      <Raw value={project} />
    </>
  );
}
